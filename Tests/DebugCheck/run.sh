#!/bin/sh
# Trains the same small runs with the debug and the release build and compares every bit of them.
#
# usage: Tests/DebugCheck/run.sh        builds both
set -eu
cd "$(dirname "$0")/../.."
here=$(pwd)
export FASTSIM_ROOT=1
swift build --product fastsim
swift build -c release -Xswiftc -Onone --product fastsim
work=$(mktemp -d "${TMPDIR:-/tmp}/fastsim-debug.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"

cat >config.yaml <<'YAML'
name: small
seed: 7
data:
  simulate: {detector: rich, species: kaon, rows: 3000, seed: 3}
  conditions: [P, ETA, nTracks]
  targets: [RichDLLe, RichDLLk, RichDLLmu, RichDLLp, RichDLLbt]
  weights: {splot: {mass: mass, signal: double-gaussian, background: exponential}}
model:
  objective: cramer
  latent: 8
  generator: {layers: 2, units: 16, activation: leaky-relu}
  critic: {layers: 2, units: 16, activation: leaky-relu, outputs: 8}
training:
  epochs: 2
  steps: 100
  critic_steps: 2
  batch: 256
  optimiser: {kind: rmsprop, rate: 0.001}
  generator_average: 0.99
YAML

status=0
networks="latent: 8, generator: {layers: 2, units: 16}"
critic="critic: {layers: 2, units: 16}"
for objective in cramer pairwise wgan wgan-gp gan lsgan spectral energy-distance; do
  case "$objective" in
  cramer) set -- ;;
  pairwise) set -- --set model.estimator=pairwise ;;
  spectral) set -- --set "model={objective: wgan, $networks, critic: {layers: 2, units: 16, normalisation: spectral}}" ;;
  energy-distance) set -- --set "model={objective: $objective, $networks}" --set training.critic_steps=null ;;
  *) set -- --set "model={objective: $objective, $networks, $critic}" ;;
  esac
  for build in debug release; do
    program="$here/.build/$build/fastsim"
    "$program" train config.yaml --quiet --store "$objective-$build.sqlite" "$@" >/dev/null
    "$program" sql "SELECT parameter_digest, chain_digest FROM runs" --format csv --store "$objective-$build.sqlite" |
      tail -n 1 >"$objective-$build.txt"
    "$program" sql "SELECT name, bin, value FROM metrics ORDER BY name, bin" --format csv \
      --store "$objective-$build.sqlite" >>"$objective-$build.txt"
  done
  if cmp -s "$objective-debug.txt" "$objective-release.txt"; then echo "$objective: equal"; else
    echo "$objective: debug and release differ"
    status=1
  fi
done
exit $status
