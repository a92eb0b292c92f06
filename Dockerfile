# syntax=docker/dockerfile:1
# One image for web, worker and migrate: `docker run IMAGE web --host 0.0.0.0`.

# The screen
FROM node:22-bookworm-slim AS screen
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend ./
RUN npm run build

# The wheel with the screen in it, installed into a folder that is copied whole
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/onecounter
COPY pyproject.toml README.md LICENSE ./
COPY app ./app
COPY connectors ./connectors
COPY migrations ./migrations
COPY --from=screen /src/app/web/static ./app/web/static
RUN /opt/onecounter/bin/pip install . && find /opt/onecounter -name '__pycache__' -prune -exec rm -rf {} +

FROM python:3.13-slim-bookworm
RUN useradd --system --create-home --home-dir /var/lib/onecounter --uid 10001 onecounter
COPY --from=build /opt/onecounter /opt/onecounter
ENV PATH=/opt/onecounter/bin:$PATH PYTHONUNBUFFERED=1 ONECOUNTER_DATA=/var/lib/onecounter
USER onecounter
VOLUME /var/lib/onecounter
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=3)"]
ENTRYPOINT ["onecounter"]
CMD ["web", "--host", "0.0.0.0", "--port", "8000"]
