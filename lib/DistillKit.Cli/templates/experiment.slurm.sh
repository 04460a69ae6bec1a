#!/usr/bin/env bash
# An experiment as a Slurm job array. Submit from the repository's root, on a file system that all nodes share; first the networks
# that the runs learn from, then as many shards as you like, which wait for that:
#
#   first=$(sbatch --parsable lib/DistillKit.Cli/templates/experiment.slurm.sh data/experiments/losses.json)
#   sbatch --array=0-7 --dependency=afterok:$first lib/DistillKit.Cli/templates/experiment.slurm.sh data/experiments/losses.json 8
#
# The second argument is the number of shards: the array counts from 0 to one less. A task that was killed, preempted or ran out of time
# goes on from its last checkpoint when it is submitted again (--array=3 with the same 8). The table, any time:
#
#   ./distillkit experiment data/experiments/losses.json --table
#
# Settings: OUTPUT (where results go; default artifacts/experiments/NAME), DATA (where CIFAR-10 is kept), DISTILLKIT (the program;
# default ./distillkit).
#SBATCH --job-name=distillkit
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --output=distillkit-%A_%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:TERM@60
set -euo pipefail

experiment=${1:?name the experiment\'s JSON file}
shards=${2:-}
if [[ -z ${SLURM_ARRAY_TASK_ID:-} ]]; then share=(--prepare)
elif [[ -n $shards ]]; then share=(--shard "$SLURM_ARRAY_TASK_ID/$shards")
else
    echo "name the number of shards after the experiment: an array of 0-7 has 8" >&2
    exit 2
fi
# exec: Slurm's signal reaches the program, which then writes a checkpoint.
exec "${DISTILLKIT:-./distillkit}" experiment "$experiment" "${share[@]}" --threads "${SLURM_CPUS_PER_TASK:-1}" \
    ${OUTPUT:+--output "$OUTPUT"} ${DATA:+--data "$DATA"}
