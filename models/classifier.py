"""The network that is trained and exported."""

from torch import Tensor, nn
from transformers import PreTrainedModel

from hubbub.core.verdict import Label


class Classifier(nn.Module):
    """An encoder, the mean of its hidden states, and one linear layer."""

    def __init__(self, encoder: PreTrainedModel) -> None:
        super().__init__()
        self.encoder, self.config = encoder, encoder.config
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(encoder.config.hidden_size, len(Label))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask
        ).last_hidden_state  # (batch, tokens, width)
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1.0)  # (batch, width)
        return {"logits": self.head(self.dropout(mean))}  # (batch, 3)
