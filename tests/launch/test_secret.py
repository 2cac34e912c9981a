import stat

from tests.launch.tree import Tree


def secrets_of(tree: Tree) -> dict[str, str]:
    return dict(line.split("=", 1) for line in tree.read("var/secrets.env").splitlines())


def test_the_first_start_makes_the_secrets(tree: Tree) -> None:
    assert tree.launch("secret").returncode == 0
    made = secrets_of(tree)
    assert sorted(made) == [f"DIANDA_{name}_SECRET" for name in ("ACTIONS", "CONSOLE", "UTILITY", "WEBCHAT")]
    assert len(set(made.values())) == 4
    assert min(map(len, made.values())) >= 40


def test_later_starts_leave_them_as_they_are(tree: Tree) -> None:
    tree.launch("secret")
    first = secrets_of(tree)
    tree.launch("secret")
    assert secrets_of(tree) == first


def test_only_the_owner_may_read_them(tree: Tree) -> None:
    tree.launch("secret")
    file = tree.folder / "var/secrets.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    tree.launch("secret")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_new_secret_joins_those_that_are_there(tree: Tree) -> None:
    tree.write("var/secrets.env", "DIANDA_WEBCHAT_SECRET=kept-as-it-is-0123\n")
    tree.launch("secret")
    assert secrets_of(tree)["DIANDA_WEBCHAT_SECRET"] == "kept-as-it-is-0123"
    assert len(secrets_of(tree)) == 4


def test_they_are_not_shown(tree: Tree) -> None:
    done = tree.launch("secret")
    assert not any(secret in done.stdout + done.stderr for secret in secrets_of(tree).values())
