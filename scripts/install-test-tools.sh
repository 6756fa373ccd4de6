#!/usr/bin/env bash
# Installs the real SIP clients that tests/Host.Tests talks to, from Debian's packages:
#   sip-tester     sipp
#   baresip-core   baresip with account, menu, stdio, ctrl_tcp, ausine, aufile, aubridge, g711
#   iproute2       ip, for network namespaces with several addresses
# With --peer also kamailio and jq, for the side-by-side runs; its service is not left running.
#
# Does nothing where everything is there. Where it cannot install (no root, no apt, no network) it
# says so and succeeds, since those tests then skip with their reason; with CI=true it fails.
set -uo pipefail

commands=(sipp baresip ip)
packages=(sip-tester baresip-core iproute2)
for argument in "$@"; do
  case $argument in
    --peer) commands+=(kamailio jq); packages+=(kamailio jq) ;;
    *) echo "usage: $0 [--peer]" >&2; exit 64 ;;
  esac
done
PATH=$PATH:/usr/sbin:/sbin

missing() {
  local command
  for command in "${commands[@]}"; do
    command -v "$command" >/dev/null || echo "$command"
  done
}
give_up() {
  echo "test tools: $1; not installed: $(missing | tr '\n' ' ')" >&2
  [ "${CI:-}" = true ] && exit 1
  exit 0
}

if [ -z "$(missing)" ]; then
  echo "test tools: ${commands[*]} are there"
  exit 0
fi
[ "$(id -u)" -eq 0 ] || give_up "installing needs root"
command -v apt-get >/dev/null || give_up "no apt-get"

export DEBIAN_FRONTEND=noninteractive
quiet=(-y -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 --no-install-recommends)
# A package may start its service when it is installed; a test machine runs none. 101 means
# "forbidden by policy" to invoke-rc.d. A policy that is already there is left alone.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy
  trap 'rm -f $policy' EXIT
fi
log=$(mktemp)
if ! { apt-get update -qq && apt-get install "${quiet[@]}" "${packages[@]}"; } >"$log" 2>&1 </dev/null; then
  tail -n 20 "$log" >&2
  rm -f "$log"
  give_up "apt-get failed"
fi
rm -f "$log"
[ -z "$(missing)" ] || give_up "installed, yet not found"
echo "test tools: installed ${packages[*]}"
