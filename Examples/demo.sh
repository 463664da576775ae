#!/bin/sh
# The tour of `make demo`: trains a RICH kaon simulation, then shows what the store knows about it.
# usage: demo.sh FASTSIM STORE
set -eu
fastsim=$1
FASTSIM_STORE=$2
export FASTSIM_STORE
here=$(dirname "$0")

# The full run of rich-kaon.yaml takes 10 000 generator steps on 500 000 tracks; the demo's budget is three minutes.
set -- --set data.simulate.rows=300000 --set evaluation.against.simulate.rows=150000 --set training.steps=300 \
  --set training.optimiser.rate.steps=3000 --set model.penalty.weight.scale=300
echo "== A short run of Examples/rich-kaon.yaml: 300 000 tracks in place of 500 000, 3000 generator steps in place of 10 000."
"$fastsim" train "$here/rich-kaon.yaml" --name demo "$@" --epochs 10
echo
echo "== The same networks without training, to compare with."
"$fastsim" train "$here/rich-kaon.yaml" --name demo-untrained "$@" --epochs 0 --quiet
echo
echo "== fastsim runs"
"$fastsim" runs
echo
echo "== fastsim compare demo demo-untrained"
"$fastsim" compare demo demo-untrained
echo
echo "Try next:"
echo "  $fastsim show demo --store $FASTSIM_STORE"
echo "  $fastsim audit demo --store $FASTSIM_STORE"
echo "  $fastsim fork demo --at 5 --set training.critic_steps=2 --store $FASTSIM_STORE"
