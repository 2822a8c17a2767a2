"""Which addresses are taken: links of strangers, and services of our own settings."""

import pytest
from pydantic import TypeAdapter, ValidationError

from hubbub.core.addresses import ServiceAddress, is_web

SERVICE = TypeAdapter(ServiceAddress)


@pytest.mark.parametrize("address", ["http://a.example", "HTTPS://A.example/ü?q=1#x", "https://u:p@[::1]:9200/"])
def test_addresses_of_the_web(address: str) -> None:
    assert is_web(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a.example",
        "//a.example",
        "https:///x",
        "https://?x",
        "javascript:alert(1)",
        "https://a b.example",
        "https://a.example/\n",
        "https://a.example/\x00",
        "https://a.example/\u2028",
        "http://[1",
    ],
)
def test_what_is_no_address_of_the_web(address: str) -> None:
    assert not is_web(address)


def test_a_service_s_address_ends_without_a_slash_and_may_be_empty() -> None:
    assert SERVICE.validate_python("http://localhost:9200/base//") == "http://localhost:9200/base"
    assert SERVICE.validate_python("") == ""


@pytest.mark.parametrize(
    "address", ["slack.com", "https://:9200", "https://a.example:x", "https://a.example:0", "http://a b"]
)
def test_an_address_that_nobody_can_be_asked_at_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="should be an address such as"):
        SERVICE.validate_python(address)
