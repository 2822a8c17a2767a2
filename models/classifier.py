"""The network that is trained: one pass over a text, two answers."""

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from hubbub.core.verdict import Label


class Classifier(nn.Module):
    """An encoder, the mean of its hidden states, and two linear layers on it: the sentiment, and the sentence embedding
    that the encoder gave before it was trained."""

    def __init__(self, encoder: PreTrainedModel) -> None:
        super().__init__()
        self.encoder, self.config = encoder, encoder.config
        width = encoder.config.hidden_size
        self.dropout = nn.Dropout(0.1)
        self.sentiment = nn.Linear(width, len(Label))
        self.embedding = nn.Linear(width, width)
        nn.init.eye_(self.embedding.weight)
        nn.init.zeros_(self.embedding.bias)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Takes ids and mask (batch, tokens); returns logits (batch, 3) and embeddings of length 1 (batch, width)."""
        mean = self.mean(input_ids, attention_mask)
        near = self.embedding(mean)
        return self.sentiment(self.dropout(mean)), near / (near * near).sum(-1, keepdim=True).sqrt()

    def mean(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """The mean of the last hidden states of each text: (batch, width)."""
        hidden: Tensor = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)  # (batch, tokens, 1)
        return (hidden * mask).sum(1) / mask.sum(1).clamp(min=1.0)

    @torch.inference_mode()
    def base_embedding(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """The embedding that an encoder gives before any training: (batch, width), length 1."""
        return nn.functional.normalize(self.mean(input_ids, attention_mask).float(), dim=-1)
