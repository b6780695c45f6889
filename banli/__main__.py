"""``python -m banli`` is ``banli``: frugal first, since the imports alone make 300,000 objects that stay."""

from banli import memory


def main() -> None:
    """The command line."""
    memory.be_frugal()
    with memory.all_that_is_made_stays():
        from banli import cli  # noqa: PLC0415 - only now

    cli.main(prog_name="banli")


if __name__ == "__main__":
    main()
