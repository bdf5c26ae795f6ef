#!/bin/sh
# Runs a command in a network of its own: the loopback, and a second device whose other end only records what arrives.
# Every route leads there, and so does every name server.
#
#   unshare --net --mount namespace.sh mounts FOLDER COMMAND…     FOLDER/sink.jsonl has a line for each packet
#   unshare --net         namespace.sh as-is FOLDER COMMAND…      the name servers of the machine; none on the loopback
set -eu
here=$(cd "$(dirname "$0")" && pwd)
resolver=$1 folder=$2
shift 2
if [ "$resolver" = mounts ]; then
  echo 'nameserver 192.0.2.53' >"$folder/resolv.conf"
  mount --bind "$folder/resolv.conf" /etc/resolv.conf
elif ! grep -q '^nameserver' /etc/resolv.conf || grep -qE '^nameserver[[:space:]]+(127\.|::1)' /etc/resolv.conf; then
  echo 'a name server on the loopback would keep its questions from the recorder' >&2
  exit 1
fi
ip link set lo up
ip link add out type veth peer name sink
ip link set sink up
ip link set out up
ip address add 192.0.2.1/24 dev out
ip address add 2001:db8::1/64 dev out nodad
for router in 192.0.2.254 192.0.2.53; do
  ip neighbour replace "$router" lladdr 02:00:00:00:00:01 dev out
done
ip -6 neighbour replace 2001:db8::2 lladdr 02:00:00:00:00:01 dev out
ip route add default via 192.0.2.254 dev out
ip -6 route add default via 2001:db8::2 dev out
python3 "$here/record.py" sink "$folder/sink.jsonl" &
recorder=$!
until [ -e "$folder/sink.jsonl" ]; do sleep 0.05; done
code=0
"$@" || code=$?
# What was sent last is on its way.
sleep 0.3
kill "$recorder"
exit "$code"
