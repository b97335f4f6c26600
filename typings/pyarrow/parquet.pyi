# pyarrow comes without types, and pyright guesses them wrongly from its sources.
from typing import Any

def __getattr__(name: str) -> Any: ...
