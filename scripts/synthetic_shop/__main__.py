"""`python -m scripts.synthetic_shop`: see commands.py."""

from scripts.synthetic_shop.commands import main

if __name__ == "__main__":
    main()
