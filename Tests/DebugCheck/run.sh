#!/bin/sh
# Trains the same small runs with the debug and the release build and compares every bit of them.
#
# usage: Tests/DebugCheck/run.sh        builds both
set -eu
cd "$(dirname "$0")/../.."
here=$(pwd)
swift build --product fastsim
swift build -c release --product fastsim
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
for objective in cramer wgan-gp gan lsgan; do
  if [ "$objective" = cramer ]; then set --; else
    set -- --set "model={objective: $objective, latent: 8, generator: {layers: 2, units: 16}, critic: {layers: 2, units: 16}}"
  fi
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
