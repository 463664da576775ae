#!/bin/sh
# `make demo`: trains a RICH kaon model, compares it with an untrained one and lists the store.
# usage: demo.sh FASTSIM STORE
set -eu
fastsim=$1
FASTSIM_STORE=$2
export FASTSIM_STORE
here=$(dirname "$0")

# The full run of rich-kaon.yaml takes 10 000 generator steps on 500 000 tracks; the demo's budget is three minutes.
set -- --set data.simulate.rows=300000 --set evaluation.against.simulate.rows=150000 --set training.steps=300 \
  --set training.optimiser.rate.steps=3000 --set model.penalty.weight.scale=300
number() { "$fastsim" sql 'SELECT max(run) FROM runs' --format csv | tail -n 1; }

echo "== Untrained networks of Examples/rich-kaon.yaml, for comparison"
"$fastsim" train "$here/rich-kaon.yaml" --name demo-untrained "$@" --epochs 0 --quiet
untrained=$(number)
echo
echo "== A short training: 300 000 tracks instead of 500 000, 3000 generator steps instead of 10 000"
"$fastsim" train "$here/rich-kaon.yaml" --name demo "$@" --epochs 10
trained=$(number)
echo
echo "== fastsim runs"
"$fastsim" runs
echo
echo "== fastsim compare $trained $untrained"
"$fastsim" compare "$trained" "$untrained"
echo
echo "The store is $FASTSIM_STORE. Try next:"
echo "  $fastsim show $trained"
echo "  $fastsim audit $trained"
echo "  $fastsim sample $trained --svg generated-against-real.svg"
echo "  $fastsim fork $trained --at 5 --set training.critic_steps=2"
