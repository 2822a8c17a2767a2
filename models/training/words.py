"""A linear model on pieces and pairs of pieces: what single words say, learned apart from the network.

It is TF-IDF with a logistic regression on it, small enough to cost nothing beside the network. The two err on different
posts, so together they are better than either (wide and deep: Cheng et al. 2016, https://arxiv.org/abs/1606.07792).
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

PAIRS = 2**18  # places for pairs of pieces


class Words(nn.Module):
    """Three logits from the pieces of a text and their pairs; pieces that differ in case alone are the same."""

    def __init__(
        self,
        lower: NDArray[np.int64],
        table: NDArray[np.float32],
        squares: NDArray[np.float32],
        bias: NDArray[np.float32],
    ) -> None:
        """Keeps what was learned of words.

        Args:
            lower: the piece that each piece is in lower case, (pieces,).
            table: what each feature says, weighted by how rare it is, (pieces + PAIRS, 3).
            squares: the square of how rare each feature is, (pieces + PAIRS,).
            bias: what is said before any word, (3,).
        """
        super().__init__()
        self.lower = nn.Buffer(torch.from_numpy(lower.astype(np.int32)))
        self.scale = nn.Buffer(torch.from_numpy(np.abs(table).max(axis=0) / 127 + 1e-12))  # (3,)
        self.codes = nn.Buffer(torch.round(torch.from_numpy(table) / self.scale).to(torch.int8))
        self.rarest = nn.Buffer(torch.tensor(squares.max() / 255 + 1e-12))
        self.squares = nn.Buffer(torch.round(torch.from_numpy(squares) / self.rarest).to(torch.uint8))
        self.bias = nn.Buffer(torch.from_numpy(bias))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Takes ids and mask (batch, tokens) of whole texts; returns logits (batch, 3)."""
        ids = self.lower[input_ids].long()
        pairs = pair(ids[:, :-1], ids[:, 1:]) + self.lower.shape[0]
        features = torch.cat([ids, pairs], dim=1)
        there = torch.cat([attention_mask, attention_mask[:, 1:]], dim=1).to(self.scale.dtype)  # (batch, features)
        said = (self.codes[features].to(self.scale.dtype) * there.unsqueeze(-1)).sum(1) * self.scale
        square = (self.squares[features].to(self.scale.dtype) * there).sum(1, keepdim=True) * self.rarest
        return said / square.clamp(min=1e-6).sqrt() + self.bias


def pair(left: Tensor, right: Tensor) -> Tensor:
    """The place of a pair of pieces, below `PAIRS`; two pairs may share one."""
    return (left * 1_000_003 + right * 7_919) % PAIRS
