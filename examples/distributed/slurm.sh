#!/bin/bash
# A job array of 100 shards, then the merge. Submit the first, then the second once all of it has succeeded:
#
#   jobid=$(sbatch --parsable slurm.sh)
#   sbatch --dependency=afterok:"$jobid" --wrap 'permtest merge parts/*.json > report.txt'
#
# A shard that is preempted goes on from its checkpoint. Shards that failed are run again under their own numbers, which an array
# of a few jobs cannot tell: sbatch --array=7,23 --export=ALL,SHARDS=100 slurm.sh reads them from SLURM_ARRAY_TASK_ID.
#SBATCH --job-name=permtest
#SBATCH --array=1-100
#SBATCH --cpus-per-task=4
#SBATCH --requeue
set -euo pipefail

if [ -n "${SHARDS:-}" ]; then
    shard="$SLURM_ARRAY_TASK_ID/$SHARDS"
else
    shard="auto/100"
fi
mkdir -p parts checkpoints
name=$(printf '%06d' "$SLURM_ARRAY_TASK_ID")
permtest new.csv old.csv -n 1e11 -j "${SLURM_CPUS_PER_TASK:-1}" \
    --shard "$shard" --checkpoint "checkpoints/$name.json" -o "parts/$name.json"
