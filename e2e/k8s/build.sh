#!/bin/bash
# Builds a real Kubernetes control plane from Go modules, for the tests of dev.penstock.e2e.kubernetes.
#   build.sh               builds what is missing: etcd kube-apiserver kubectl (about 5 minutes on two cores, once)
#   build.sh TARGET...     builds the targets named, kube-controller-manager among the possible ones
#   build.sh --dir         prints where the programs are or would be
# They are kept in ${XDG_CACHE_HOME:-~/.cache}/penstock/k8s/<versions>, or in $PENSTOCK_K8S_DIR.
# PENSTOCK_K8S_JOBS is go's -p (2).
set -euo pipefail
cd "$(dirname "$0")"
versions=$(cat go.mod | { sha256sum 2>/dev/null || shasum -a 256; } | cut -c1-12)
dir=${PENSTOCK_K8S_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/penstock/k8s/$versions}
if [ "${1:-}" = --dir ]; then echo "$dir"; exit; fi
[ $# -gt 0 ] || set -- etcd kube-apiserver kubectl
missing=()
for target in "$@"; do [ -x "$dir/$target" ] || missing+=("$target"); done
[ ${#missing[@]} -gt 0 ] || exit 0
command -v go >/dev/null || { echo "build.sh: Go 1.26 or newer is needed to build the control plane; see https://go.dev/dl" >&2; exit 1; }

kubernetes=$(sed -nE 's#^[[:space:]]+k8s.io/kubernetes v(.*)#\1#p' go.mod | head -1)
major=${kubernetes%%.*} minor=${kubernetes#*.} minor=${minor%%.*}
export GOFLAGS="-p=${PENSTOCK_K8S_JOBS:-2} -mod=readonly -buildvcs=false -trimpath" CGO_ENABLED=0 GOWORK=off
component=k8s.io/component-base/version client=k8s.io/client-go/pkg/version
flags="-s -w -X $component.gitVersion=v$kubernetes -X $component.gitMajor=$major -X $component.gitMinor=$minor"
flags="$flags -X $component.gitTreeState=clean -X $component.buildDate=1970-01-01T00:00:00Z -X $client.gitVersion=v$kubernetes"
mkdir -p "$dir"
for target in "${missing[@]}"; do
  echo "building $target $kubernetes (once; kept in $dir)"
  package=k8s.io/kubernetes/cmd/$target
  [ "$target" != etcd ] || package=go.etcd.io/etcd/server/v3
  # Built beside its place and then renamed: a build that is cut short leaves nothing half done.
  go build -ldflags "$flags" -o "$dir/.$target.$$" "$package"
  mv "$dir/.$target.$$" "$dir/$target"
done
