"""``python -m tapehiss.cli``: the same as ``tapehiss``."""

from tapehiss.cli.main import main

if __name__ == "__main__":
    main()
