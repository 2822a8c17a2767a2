FROM python:3.11-slim

WORKDIR /hubbub
COPY . .
RUN pip install --no-cache-dir --constraint constraints.txt --editable ".[slack]" \
    && useradd --create-home hubbub \
    && mkdir -p /hubbub/.hubbub && chown -R hubbub /hubbub/.hubbub
USER hubbub
ENV HUBBUB_ROOT=/hubbub HUBBUB_CONFIG=/hubbub/hubbub.yaml DO_NOT_TRACK=1
ENTRYPOINT ["hubbub"]
CMD ["--help"]
