#!/bin/sh
# Fails if a benchmark became slower, and only warns where the data cannot decide it.
permtest new.json baseline.json --all-columns --alternative greater --fail-on significant
case $? in
    0) ;;
    3) echo "cannot decide: measure more" >&2 ;;
    *) exit 1 ;;
esac
