"""Redis as the broker, mended in one place: a message whose receipt could not be told gives its place back.

A worker holds as many messages as it may (``worker_prefetch_multiplier``), and asks for more once it has told Redis
that it has one. If Redis is away at that moment, kombu counts the message for good. A worker that loses as many
receipts as it may hold messages would connect again, and then never ask for a message any more, without a word.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis, virtual


class _Places(redis.QoS):
    """What a worker holds. What Redis was not told of comes back after ``visibility_timeout``, if it still has it."""

    def ack(self, delivery_tag: Any) -> None:
        try:
            super().ack(delivery_tag)  # type: ignore[no-untyped-call] # kombu's
        except self.channel.connection_errors:
            self._free(delivery_tag)
            raise

    def reject(self, delivery_tag: Any, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue=requeue)  # type: ignore[no-untyped-call] # the same
        except self.channel.connection_errors:
            self._free(delivery_tag)
            raise

    def _free(self, delivery_tag: Any) -> None:
        virtual.QoS.ack(self, delivery_tag)  # type: ignore[no-untyped-call] # the same


class _Channel(redis.Channel):
    QoS = _Places


class Transport(redis.Transport):
    """What ``redis://`` and ``rediss://`` stand for once :func:`use` was called."""

    Channel = _Channel


def use() -> None:
    """Let kombu take it for Redis, in this process."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:{Transport.__name__}"
