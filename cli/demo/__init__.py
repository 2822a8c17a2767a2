"""The bundled sample of `hubbub demo`: a fortnight of posts about Mekara, an operator that does not exist."""
