#!/bin/bash
# A job array of 100 shards, then the merge. Submit the first, then the second once all of it has succeeded:
#
#   jobid=$(sbatch --parsable slurm.sh)
#   sbatch --dependency=afterok:"$jobid" --wrap 'permtest merge parts/*.json > report.txt'
#
# A shard that is preempted goes on from its checkpoint. Shards that failed are run again by an array of a few jobs, whose own
# count says nothing: sbatch --array=7,23 --export=ALL,AGAIN=1 slurm.sh takes SLURM_ARRAY_TASK_ID for the shard itself.
#SBATCH --job-name=permtest
#SBATCH --array=1-100
#SBATCH --cpus-per-task=4
#SBATCH --requeue
set -euo pipefail

read -ra test <<<"${TEST:-new.csv old.csv -n 1e11}"
shards=${SHARDS:-100}
shard="auto/$shards"
if [ -n "${AGAIN:-}" ]; then
    shard="$SLURM_ARRAY_TASK_ID/$shards"
fi
mkdir -p parts checkpoints
name=$(printf '%06d' "$SLURM_ARRAY_TASK_ID")
permtest "${test[@]}" -j "${SLURM_CPUS_PER_TASK:-1}" \
    --shard "$shard" --checkpoint "checkpoints/$name.json" -o "parts/$name.json"
