#!/usr/bin/env bash
# Runs every line of rados-verbs.txt, each for 20 s at most, and prints how it ended: "EXIT WORDS: LAST LINE OF ITS OUTPUT".
#   CEPH_CONF=... every-verb.sh LIST POOL PG DIR
set -u
list=$1 pool=$2 pg=$3 out=$4/verb.out file=$4/verb.in
echo "some bytes" >"$file"
while read -r wanted words; do
  [[ $wanted == \#* || -z $wanted ]] && continue
  words=${words//\$POOL/$pool} words=${words//\$PG/$pg}
  words=${words//\$OUT/$out} words=${words//\$FILE/$file}
  read -r -a line <<<"$words"
  timeout -k 5 20 rados "${line[@]}" </dev/null >"$4/verb.log" 2>&1
  echo "$? $words: $(tail -1 "$4/verb.log" | tr -d '\0' | cut -c1-200)"
done <"$list"
