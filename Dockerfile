# syntax=docker/dockerfile:1
#
# For a machine without a GPU:
#   docker build -t facecluster .
#   docker run --rm -v "$PHOTOS:/photos:ro" -v facecluster:/library facecluster run /photos
# With NVIDIA GPUs, on a host with NVIDIA's container toolkit. ONNX Runtime of the lock wants CUDA 13 and cuDNN 9, which the base
# brings; it has no Python, so that of its distribution, 3.12, is installed below:
#   docker build -t facecluster:gpu --build-arg EXTRA=gpu --build-arg BASE=nvidia/cuda:13.1.1-cudnn-runtime-ubuntu24.04 .
#   docker run --rm --gpus all -v "$PHOTOS:/photos:ro" -v facecluster:/library facecluster:gpu run /photos
# A mounted folder must be readable (the archive) or writable (the library) by user 1000. `tags write` puts sidecars into the
# archive: mount it without `:ro` for that.
# The Python that CI tests with.
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
# cpu or gpu: which ONNX Runtime. Add more extras with commas: cpu,raw
ARG EXTRA=cpu
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# g++ is for packages without a wheel for this platform; it stays in this stage.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends g++ \
 && { command -v python3 || DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 python3-dev python3-venv; } \
 && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/facecluster
ENV PATH=/opt/facecluster/bin:$PATH
WORKDIR /src
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY facecluster ./facecluster
RUN PIP_CONSTRAINT=requirements.lock PIP_BUILD_CONSTRAINT=requirements.lock \
    python3 -m pip install --no-cache-dir ".[${EXTRA}]"

FROM ${BASE}
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# A virtual environment points at the interpreter it was made with: the same one must be here. ExifTool is for `tags`.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libimage-exiftool-perl \
 && { command -v python3 || DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3; } \
 && rm -rf /var/lib/apt/lists/*
# Ubuntu's images have a user 1000 already: take its place.
RUN { getent passwd 1000 | cut -d: -f1 | xargs -r userdel --remove 2>/dev/null || true; } \
 && useradd --uid 1000 --create-home facecluster \
 && install -d -o facecluster -g facecluster -m 0700 /library
COPY --from=build /opt/facecluster /opt/facecluster
COPY conf /etc/facecluster
ENV PATH=/opt/facecluster/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ORT_DISABLE_TELEMETRY=1 \
    RAY_USAGE_STATS_ENABLED=0 \
    FACECLUSTER_LIBRARY=/library
# By number, so that Kubernetes can tell it is not root.
USER 1000
WORKDIR /home/facecluster
# The library: faces are biometric data, keep the volume as private as the photos.
VOLUME /library
ENTRYPOINT ["facecluster"]
CMD ["--help"]
