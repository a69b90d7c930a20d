# shellcheck shell=bash
# What the test host scripts share: where things are kept, and how a host is waited for and described. Sourced, not run.

readonly here=${here:?set by the script that sources this}
readonly cache=${CLAW_PILOT_CACHE:-$HOME/.cache/claw-pilot}
readonly state=$cache/systemd_host
# shellcheck disable=SC2034 # used by the scripts that source this
readonly label=claw-pilot.systemd-host
readonly key=$state/id_ed25519
readonly operator=ops

mkdir -p "$state"
chmod 0700 "$state"

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$(basename "$0"): $*"
  exit 1
}

image_tag() { echo "claw-pilot-systemd-host:$(sha256sum "$here/build_image" | cut -c1-12)"; }

host_port() { docker inspect --format '{{(index (index .HostConfig.PortBindings "22/tcp") 0).HostPort}}' "$1"; }

is_up() { [[ $(docker inspect --format '{{.State.Running}}' "$1" 2>/dev/null) == true ]]; }

ssh_to() {
  local port
  port=$(host_port "$1")
  ssh -n -F /dev/null -p "$port" -i "$key" -o BatchMode=yes -o IdentitiesOnly=yes -o ConnectTimeout=3 \
    -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile="$state/$1.known_hosts" \
    "$operator@127.0.0.1" "${@:2}" 2>/dev/null
}

# Up means: systemd has finished starting and the operator gets a shell over SSH.
wait_until_up() {
  local status=''
  for _ in $(seq 120); do
    status=$(docker exec "$1" systemctl is-system-running 2>/dev/null || true)
    if [[ $status == running || $status == degraded ]] && ssh_to "$1" true; then
      return
    fi
    is_up "$1" || fail "host $1 stopped while it was starting: $(docker logs --tail 20 "$1" 2>&1)"
    sleep 0.5
  done
  docker exec "$1" systemctl --failed --no-pager >&2 || true
  fail "host $1 did not come up in a minute: systemd says '$status'"
}

describe() {
  printf '{"name": "%s", "host": "127.0.0.1", "port": %s, "user": "%s", "key": "%s", "known_hosts": "%s"}\n' \
    "$1" "$(host_port "$1")" "$operator" "$key" "$state/$1.known_hosts"
}
