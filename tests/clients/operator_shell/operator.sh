#!/usr/bin/env bash
# An operator of kubectl and bash: one loop follows Websites and makes a Deployment for each, another waits until all of
# them are available and says so in their status. `kubectl get -w` ends when the server ends its watch: then it begins anew.
set -uo pipefail

deployment_of() {
  printf -- '---\n{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "%s", "labels": {"by": "shell"}},
 "spec": {"replicas": %s, "selector": {"matchLabels": {"website": "%s"}}, "template": {"metadata": {"labels": {"website": "%s"}},
 "spec": {"containers": [{"name": "site", "image": "%s"}]}}}}\n' "$1" "$2" "$1" "$1" "$3"
}

# Takes what comes within a second of each other as one batch, so that kubectl is started once for it.
deploy() {
  local name replicas image documents="" count=0 status
  while true; do
    if read -r -t 1 name replicas image; then
      documents+=$(deployment_of "$name" "$replicas" "$image")$'\n'
      count=$((count + 1))
      continue
    fi
    status=$?
    if [ -n "$documents" ]; then
      kubectl apply --server-side --force-conflicts -f - <<<"$documents" >/dev/null && echo "$(date -u +%T) applied $count"
      documents="" count=0
    fi
    [ "$status" -gt 128 ] || return 0  # Above 128: nothing came; else the watch has ended.
  done
}

follow() {
  while true; do
    kubectl get websites -w -o 'jsonpath={.metadata.name} {.spec.replicas} {.spec.image}{"\n"}' | deploy
    echo "$(date -u +%T) watch ended"
    sleep $((RANDOM % 5 + 1))
  done
}

report() {
  while true; do
    if kubectl wait deployments -l by=shell --for=condition=Available --timeout=10m >/dev/null 2>&1; then
      kubectl get deployments -l by=shell -o jsonpath='{range .items[*]}{"---\n"}{"{apiVersion: example.com/v1, kind: Website, metadata: {name: "}{.metadata.name}{"}, status: {readyReplicas: "}{.status.readyReplicas}{"}}\n"}{end}' |
        kubectl apply --server-side --subresource=status --field-manager=shell-status -f - >/dev/null && echo "$(date -u +%T) all available"
    else
      echo "$(date -u +%T) not all available"
    fi
    sleep 300
  done
}

trap 'kill $(jobs -p) 2>/dev/null' EXIT
follow &
report &
wait
