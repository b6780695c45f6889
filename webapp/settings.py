"""What the pages need to be told: plain values, so that nothing here reads the environment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """The settings of the pages.

    ``secret_key`` signs sessions (32 characters or more). ``demo`` shows the banner of the demonstration and, on the
    sign-in page, ``demo_password``. ``default_language`` ("zh" or "en") is used when neither the person nor the
    browser says one. ``time_zone`` is an IANA name. ``secure_cookies``: people come by https.
    ``metrics_token``: who sends it may read the metrics; without one, loopback may.
    ``long_polls``: half of the web threads, so that who waits for work never keeps people from their pages.
    ``publish_approval``: a second process owner must agree before a draft is published.
    ``trusted_proxies``: how many reverse proxies of our own stand in front and set ``X-Forwarded-*``.
    """

    secret_key: str
    demo: bool = False
    demo_password: str | None = None
    default_language: str = "zh"
    time_zone: str = "Asia/Shanghai"
    secure_cookies: bool = False
    trusted_proxies: int = 0
    metrics_token: str = ""
    publish_approval: bool = False
    session_hours: int = 12
    maximum_body: int = 2_000_000  # bytes of one request
    maximum_upload: int = 212_000_000  # bytes of one that carries files: twenty of ten megabytes, and the form
    maximum_fields: int = 4_000  # fields of one posted form
    maximum_deployment: int = 60_000_000  # bytes of one deployment through the API
    long_polls: int = 16  # requests that may wait for work at the same time: half of the threads
    allow_clock: bool = False  # whether the API may set the clock

    def __repr__(self) -> str:
        return (
            f"WebSettings(demo={self.demo}, default_language={self.default_language!r}, time_zone={self.time_zone!r})"
        )
