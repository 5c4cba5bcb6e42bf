"""How many numbers were compared, and which of them were wrong."""

from dataclasses import dataclass, field


@dataclass
class Count:
    """A number of the panel is right if it lies between Spark's number before and Spark's number after."""

    compared: int = 0
    wrong: list[str] = field(default_factory=list)

    def within(self, what: str, said: int, before: int, after: int) -> None:
        """Compare a number with those before and after."""
        self.between(what, said, min(before, after), max(before, after))

    def between(self, what: str, said: int, least: int, most: int) -> None:
        """Compare a number with its bounds."""
        self.compared += 1
        if not least <= said <= most:
            self.wrong.append(f"{what}: {said}, not {least} to {most}")

    def at_most(self, what: str, said: int, most: int) -> None:
        """Compare a number with its upper bound."""
        self.between(what, said, 0, most)

    def one_of(self, what: str, said: str, *right: str) -> None:
        """Compare a word."""
        self.compared += 1
        if said not in right:
            self.wrong.append(f"{what}: {said}, not {' or '.join(sorted(set(right)))}")
