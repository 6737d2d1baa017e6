from __future__ import annotations

from pathlib import Path

import pytest

from zendesk_async.config.credentials import ApiToken, OAuthClient, OAuthToken
from zendesk_async.config.settings import NO_TEMPLATE, Options, outline, read_tables, resolve, state_directory
from zendesk_async.config.toml import CredentialTable, DestinationTable, Tables, TemplateTable
from zendesk_async.config.values import Limits, Patience
from zendesk_async.errors import ConfigError

TOKEN = {"ZENDESK_EMAIL": "env@acme.com", "ZENDESK_API_TOKEN": "env-token"}
ENVIRONMENT = {"ZENDESK_SUBDOMAIN": "enviro", **TOKEN}
CLIENT_SECRET = {"ZENDESK_OAUTH_CLIENT_SECRET": "s3cr3t"}

ACME = DestinationTable(subdomain="acme", credential="support")
BETA = DestinationTable(subdomain="beta", credential="support", rate=50, jobs=5)
SUPPORT = CredentialTable(type="oauth-client", client_id="uploader")
LOYALTY = TemplateTable(fields={"name": "Name"})

FILE = Path("zendesk.toml")
ONE = Tables(path=FILE, destinations={"acme": ACME}, credentials={"support": SUPPORT}, templates={"loyalty": LOYALTY})
TWO = Tables(
    path=FILE,
    destinations={"acme": ACME, "beta": BETA},
    credentials={"support": SUPPORT},
    templates={"loyalty": LOYALTY, "churn": TemplateTable(fields={"name": "N"}, mode="changed")},
)
EMPTY = Tables()


def complaint(options: Options, environ: dict[str, str], tables: Tables) -> str:
    with pytest.raises(ConfigError) as caught:
        resolve(options, environ, tables)
    return str(caught.value)


def test_the_environment_alone_is_enough() -> None:
    """Two or three variables and no file make an upload possible."""
    settings = resolve(Options(), ENVIRONMENT, EMPTY)
    assert settings.destination.base_url == "https://enviro.zendesk.com"
    assert settings.credential == ApiToken("env@acme.com", "env-token")
    assert settings.template is None
    assert (settings.limits, settings.patience) == (Limits(), Patience())


def test_the_file_alone_is_enough_but_for_the_secret() -> None:
    """The only destination with its credential is taken without being named; the secret comes from outside."""
    settings = resolve(Options(), CLIENT_SECRET, ONE)
    assert settings.destination.name == "acme"
    assert settings.credential == OAuthClient("uploader", "s3cr3t")
    assert settings.template is not None
    assert (settings.template.name, settings.template.changed_only) == ("loyalty", False)


def test_the_environment_goes_before_the_file() -> None:
    """Who exports an account means that account, whatever file lies about."""
    settings = resolve(Options(), ENVIRONMENT, ONE)
    assert settings.destination.subdomain == "enviro"
    assert settings.credential == ApiToken("env@acme.com", "env-token")
    assert settings.sources == {"destination": "environment", "credential": "environment"}


def test_an_option_goes_before_the_environment() -> None:
    """--destination means the one in the file, with the file's credential and not the environment's."""
    settings = resolve(Options(destination="beta", template=NO_TEMPLATE), ENVIRONMENT | CLIENT_SECRET, TWO)
    assert settings.destination.subdomain == "beta"
    assert settings.credential == OAuthClient("uploader", "s3cr3t")
    assert settings.sources == {"destination": "zendesk.toml", "credential": "zendesk.toml"}


def test_a_named_destination_without_credential_takes_the_environments() -> None:
    """A destination that says nothing about credentials is content with those of the environment."""
    tables = Tables(path=FILE, destinations={"acme": DestinationTable(subdomain="acme")})
    settings = resolve(Options(destination="acme"), TOKEN, tables)
    assert settings.credential == ApiToken("env@acme.com", "env-token")


def test_a_mock_set_up_in_the_environment_is_never_bypassed() -> None:
    """With ZENDESK_BASE_URL set, naming a destination does not reach the real account behind the mock's back."""
    environ = {"ZENDESK_BASE_URL": "http://127.0.0.1:8080", **CLIENT_SECRET}
    settings = resolve(Options(destination="acme"), environ, ONE)
    assert settings.destination.base_url == "http://127.0.0.1:8080"
    assert settings.destination.name == "acme"


def test_the_only_credential_serves_a_destination_from_the_environment() -> None:
    """A subdomain in the environment and one credential in the file go together."""
    settings = resolve(Options(), {"ZENDESK_SUBDOMAIN": "enviro", **CLIENT_SECRET}, ONE)
    assert settings.destination.subdomain == "enviro"
    assert settings.credential == OAuthClient("uploader", "s3cr3t")


@pytest.mark.parametrize(
    ("table", "environ", "credential"),
    [
        (
            CredentialTable(type="api-token", email="admin@acme.com"),
            {"ZENDESK_API_TOKEN": "t"},
            ApiToken("admin@acme.com", "t"),
        ),
        (CredentialTable(type="oauth-token"), {"ZENDESK_OAUTH_TOKEN": "t"}, OAuthToken("t")),
        (
            CredentialTable(type="oauth-client", client_id="id", scope="users:write", expires_in=600),
            CLIENT_SECRET,
            OAuthClient("id", "s3cr3t", "users:write", 600),
        ),
        (CredentialTable(type="oauth-token", secret_env="ACME_TOKEN"), {"ACME_TOKEN": "mine"}, OAuthToken("mine")),
    ],
)
def test_each_type_of_credential_is_built(table: CredentialTable, environ: dict[str, str], credential: object) -> None:
    """The file says who, the environment holds the secret, under the type's variable or the one named."""
    tables = Tables(path=FILE, destinations={"acme": ACME}, credentials={"support": table})
    assert resolve(Options(destination="acme"), environ, tables).credential == credential


def test_the_limits_of_a_destination_are_its_own() -> None:
    """What zendesk.toml says of a destination's rate and jobs holds for it, and the rest is the default."""
    settings = resolve(Options(destination="beta", template=NO_TEMPLATE), CLIENT_SECRET, TWO)
    assert settings.limits == Limits(rate=50, jobs=5)


def test_an_option_goes_before_a_destinations_limit() -> None:
    """--rate and --jobs have the last word, each for itself."""
    options = Options(destination="beta", template=NO_TEMPLATE, rate=10, batch_size=5, patience=60)
    settings = resolve(options, CLIENT_SECRET, TWO)
    assert settings.limits == Limits(rate=10, jobs=5, batch_size=5)
    assert settings.patience == Patience(requests=60)


def test_a_template_is_chosen_by_name() -> None:
    """--template NAME takes that one, with its mode."""
    template = resolve(Options(template="churn"), ENVIRONMENT, TWO).template
    assert template is not None
    assert (template.name, template.fields, template.changed_only) == ("churn", {"name": "N"}, True)


def test_the_only_template_can_be_declined() -> None:
    """Records that already have Zendesk's own keys go without, though the file has a template."""
    assert resolve(Options(template=NO_TEMPLATE), ENVIRONMENT, ONE).template is None


@pytest.mark.parametrize(
    ("options", "environ", "tables", "words"),
    [
        (
            Options(),
            CLIENT_SECRET,
            TWO,
            "Which destination? There are acme, beta in zendesk.toml: say --destination NAME.",
        ),
        (Options(), ENVIRONMENT, TWO, "Which template? There are loyalty, churn in zendesk.toml: say --template NAME."),
        (
            Options(destination="acem"),
            {},
            ONE,
            'no destination "acem" in zendesk.toml. Did you mean "acme"? Known: acme.',
        ),
        (
            Options(destination="acme"),
            {},
            EMPTY,
            'There is no destination "acme" yet, for there is no zendesk.toml here',
        ),
        (Options(template="loyal"), ENVIRONMENT, ONE, 'There is no template "loyal" in zendesk.toml. Did you mean'),
        (Options(rate=0), ENVIRONMENT, ONE, "rate must be 1 user per second or more"),
        (Options(), {"ZENDESK_SUBDOMAIN": "not a label"}, EMPTY, 'In the environment: "not a label" is not a Zendesk'),
        (Options(), {"ZENDESK_SUBDOMAIN": "a", "ZENDESK_API_TOKEN": "t"}, EMPTY, "but ZENDESK_EMAIL is not"),
        (Options(destination="acme"), {"ZENDESK_BASE_URL": "http://acme.com"}, ONE, "In the environment: Plain http"),
    ],
)
def test_what_cannot_be_decided_is_answered_with_what_to_do(
    options: Options, environ: dict[str, str], tables: Tables, words: str
) -> None:
    """Every question that is left open says which answers there are, and how to give one."""
    assert words in complaint(options, environ, tables)


@pytest.mark.parametrize(
    ("destination", "credential", "words"),
    [
        (DestinationTable(credential="support"), SUPPORT, "zendesk.toml: destinations.acme: A destination needs"),
        (
            DestinationTable(subdomain="acme", jobs=0),
            SUPPORT,
            "zendesk.toml: destinations.acme: jobs must be 1 or more",
        ),
        (
            DestinationTable(subdomain="acme", credential="suport"),
            SUPPORT,
            'no credential "suport" in zendesk.toml. Did',
        ),
        (
            ACME,
            CredentialTable(type="oauth-client"),
            "zendesk.toml: credentials.support: The OAuth client's identifier",
        ),
        (
            ACME,
            CredentialTable(type="oauth-client", client_id="x", expires_in=1),
            "credentials.support: expires_in must",
        ),
    ],
)
def test_what_is_wrong_in_the_file_is_named_by_its_place(
    destination: DestinationTable, credential: CredentialTable, words: str
) -> None:
    """A value that is well-formed but makes no sense is answered with the table it stands in."""
    tables = Tables(path=FILE, destinations={"acme": destination}, credentials={"support": credential})
    assert words in complaint(Options(), CLIENT_SECRET, tables)


def test_the_newcomer_is_shown_the_ways_in() -> None:
    """Nothing configured at all is answered with three ways to begin."""
    assert "There are three ways" in complaint(Options(), {}, EMPTY)


def test_a_destination_without_anybody_is_shown_the_ways_too() -> None:
    """Where to is known, but not who: the same three ways help."""
    assert "Nothing says who you are" in complaint(Options(), {"ZENDESK_SUBDOMAIN": "acme"}, EMPTY)


def test_several_credentials_and_none_chosen_is_a_question() -> None:
    """With two credentials in the file nobody guesses which one is meant."""
    tables = Tables(path=FILE, credentials={"support": SUPPORT, "marketing": SUPPORT})
    assert "Which credential? There are support, marketing" in complaint(
        Options(), {"ZENDESK_SUBDOMAIN": "acme"}, tables
    )


def test_no_secret_is_in_the_repr_of_the_settings() -> None:
    """The settings may be logged whole."""
    assert "s3cr3t" not in repr(resolve(Options(), CLIENT_SECRET, ONE))


def test_state_lives_with_the_user_unless_said_otherwise(tmp_path: Path) -> None:
    """--state names the directory; without it the user's own state directory is used."""
    assert state_directory(Options(state=tmp_path)) == tmp_path
    assert "zendesk-async" in str(state_directory(Options()))


def test_the_files_are_looked_for_where_the_options_say(tmp_path: Path) -> None:
    """--config leads to its file, and resolve reads it by itself."""
    path = tmp_path / "mine.toml"
    path.write_text('[destinations.acme]\nsubdomain = "acme"\n', "utf-8")
    assert read_tables(Options(config=path)).destinations["acme"].subdomain == "acme"
    assert resolve(Options(config=path), TOKEN).destination.name == "acme"


def test_a_dry_run_needs_no_account() -> None:
    """Who has only a file and a template can see what would be sent; nothing asks for a secret."""
    known = outline(Options(rate=50), {}, Tables(path=FILE, templates={"loyalty": LOYALTY}))
    assert (known.destination, known.limits) == ("", Limits(rate=50))
    assert known.template is not None
    assert known.template.name == "loyalty"


def test_a_dry_run_knows_the_account_that_is_configured() -> None:
    """The destination's own limits count in a dry run as they will in the upload."""
    known = outline(Options(destination="beta", template="churn"), {}, TWO)
    assert (known.destination, known.limits) == ("beta", Limits(rate=50, jobs=5))


def test_a_dry_run_refuses_what_the_upload_will_refuse() -> None:
    """A name that is none is told before anything is read."""
    with pytest.raises(ConfigError, match="acmee"):
        outline(Options(destination="acmee"), {}, TWO)
