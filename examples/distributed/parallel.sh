#!/bin/sh
# GNU parallel: 100 shards on the cores of this machine or, with --sshloginfile, of several; PARALLEL_SEQ counts from 1. Failed
# shards are run again up to three times. As one line:
#
#   seq 100 | parallel --retries 3 'permtest new.csv old.csv -n 1e10 -j 1 --shard auto/100 -o parts/{}.json' && permtest merge parts/*.json
set -eu
shards=${SHARDS:-100}
mkdir -p parts
seq "$shards" | parallel --retries 3 "permtest ${TEST:-new.csv old.csv -n 1e10} -j 1 --shard auto/$shards -o parts/{}.json"
permtest merge parts/*.json
