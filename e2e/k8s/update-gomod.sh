#!/bin/bash
# Writes go.mod and go.sum for other versions: update-gomod.sh KUBERNETES ETCD, as in update-gomod.sh 1.36.3 3.6.8
# k8s.io/kubernetes requires its staging repositories at v0.0.0, so each is replaced by the v0.NN.x it was published as.
set -euo pipefail
cd "$(dirname "$0")"
kubernetes=$1 etcd=$2
upstream=$(GOFLAGS=-mod=mod GOWORK=off go mod download -json "k8s.io/kubernetes@v$kubernetes" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
{
  echo "module penstock.dev/e2e/k8s"; echo
  grep -E '^go ' "$upstream"; echo
  grep -E '^godebug ' "$upstream" || true; echo
  printf 'require (\n\tk8s.io/kubernetes v%s\n\tgo.etcd.io/etcd/server/v3 v%s\n)\n\n' "$kubernetes" "$etcd"
  echo 'tool ('
  for command in kube-apiserver kube-controller-manager kubectl; do printf '\tk8s.io/kubernetes/cmd/%s\n' $command; done
  printf '\tgo.etcd.io/etcd/server/v3\n'
  echo ')'; echo
  echo 'replace ('
  sed -nE "s#^[[:space:]]+(k8s.io/[a-z0-9-]+) => \./staging/.*#\t\1 => \1 v0.${kubernetes#1.}#p" "$upstream" | sort -u
  echo ')'
} > go.mod
rm -f go.sum
GOFLAGS=-mod=mod GOWORK=off CGO_ENABLED=0 go build -o /dev/null k8s.io/kubernetes/cmd/kube-apiserver \
  && GOFLAGS=-mod=mod GOWORK=off go mod tidy
