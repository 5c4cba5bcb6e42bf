//! Where the token is while git runs, and what a configuration of others could do with it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::{
    super::GitError,
    http_host::{Fault, HttpHost, TOKEN},
    repository::{Bare, Person, delivery, job, programs},
};

/// What each call of git was given: its process, its arguments, and its variables after ` | `.
pub struct Calls(PathBuf);

impl Calls {
    pub fn lines(&self) -> Vec<String> {
        fs::read_to_string(&self.0).unwrap_or_default().lines().map(str::to_owned).collect()
    }
}

/// Puts a program in front of git that writes down how it is called.
pub fn recorded(person: &mut Person) -> Calls {
    let (file, bin) = (person.folder.path().join("calls"), person.folder.path().join("bin"));
    fs::create_dir(&bin).unwrap();
    let path = programs();
    let script = format!(
        "#!/bin/sh\nPATH={path:?}\nexport PATH\n\
         printf '%s %s | %s\\n' \"$$\" \"$(echo $*)\" \"$(env | tr '\\n' ' ')\" >> {file:?}\nexec git \"$@\"\n"
    );
    fs::write(bin.join("git"), script).unwrap();
    fs::set_permissions(bin.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
    for (name, value) in &mut person.site.environment {
        if *name == "PATH" {
            *value = format!("{}:{path}", bin.display()).into();
        }
    }
    Calls(file)
}

/// Whether a text is in a file of a folder.
fn is_in(folder: &Path, text: &str) -> bool {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| match path.is_dir() {
        true => is_in(&path, text),
        false => fs::read(path).unwrap().windows(text.len()).any(|part| part == text.as_bytes()),
    })
}

#[tokio::test]
async fn the_token_is_in_the_environment_of_what_talks_to_the_host_and_nowhere_else() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let host = HttpHost::start(&bare, Fault::None).await;
    let mut ann = Person::with(&host.url, Some(TOKEN));
    let calls = recorded(&mut ann);
    let delivered = ann.deliver(&delivery("sales", &files)).await.unwrap();
    let lines = calls.lines();
    assert!(lines.len() > 10, "{lines:?}");
    for line in &lines {
        let (arguments, variables) = line.split_once(" | ").unwrap();
        assert!(!arguments.contains("CANARY"), "{arguments}");
        let talks = ["ls-remote", "fetch", "push"].iter().any(|command| arguments.contains(&format!(" {command} -")));
        assert_eq!(variables.contains(TOKEN), talks, "{line}");
        let odd = ["GIT_TRACE", "SPARK_UI_TOKEN", "CARGO"].iter().find(|name| variables.contains(**name));
        assert_eq!(odd, None, "the environment is cleared");
    }
    assert!(!is_in(&ann.cache(), "CANARY"), "it is in no file");
    assert!(!format!("{delivered:?} {ann:?}", ann = ann.site).contains("CANARY"));
    assert!(!bare.git(&["log", "-1", "--format=%B%an%ae", "main"]).contains("CANARY"));
}

#[tokio::test]
async fn with_the_sites_token_the_users_configuration_leads_nowhere() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let host = HttpHost::start(&bare, Fault::None).await;
    let mut ann = Person::with(&host.url, Some(TOKEN));
    let marker = ann.folder.path().join("ran");
    let config = format!(
        "[url \"http://127.0.0.1:9/\"]\n\tinsteadOf = http://\n[core]\n\thooksPath = {hooks}\n\
         [credential]\n\thelper = \"!touch {ran}\"\n[http]\n\tproxy = http://127.0.0.1:9\n",
        hooks = ann.folder.path().display(),
        ran = marker.display()
    );
    fs::write(ann.folder.path().join(".gitconfig"), &config).unwrap();
    let hook = ann.folder.path().join("pre-push");
    fs::write(&hook, format!("#!/bin/sh\ntouch {}\n", marker.display())).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    ann.site.environment.push(("GIT_CONFIG_GLOBAL", ann.folder.path().join(".gitconfig").into()));
    ann.deliver(&delivery("sales", &files)).await.unwrap();
    assert!(!marker.exists());

    // Without one it counts, but for hooks: the user's own helper gives the password.
    let mut bob = Person::new(&host.url);
    let helper = format!("[credential]\n\thelper = \"!f() {{ echo username=oauth2; echo password={TOKEN}; }}; f\"\n");
    fs::write(
        bob.folder.path().join(".gitconfig"),
        format!("{helper}[core]\n\thooksPath = {}\n", ann.folder.path().display()),
    )
    .unwrap();
    bob.site.environment.push(("GIT_TERMINAL_PROMPT", "1".into()));
    bob.deliver(&delivery("stock", &files)).await.unwrap();
    assert_eq!((marker.exists(), bare.commits()), (false, 3));
}

#[tokio::test]
async fn another_protocol_than_the_configured_one_is_not_used() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let ann = Person::new("https://git.invalid/jobs.git");
    let config = format!("[url \"{}\"]\n\tinsteadOf = https://git.invalid/jobs.git\n", bare.url());
    fs::write(ann.folder.path().join(".gitconfig"), config).unwrap();
    let error = ann.plan(&delivery("sales", &files)).await.unwrap_err();
    assert!(
        matches!(&error, GitError::Failed { message } if message.contains("transport 'file' not allowed")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_job_is_delivered_over_ssh_which_gets_no_token() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    // Runs the command here that SSH would run there.
    let mut ann = Person::with(&format!("ssh://git@git.example{}", bare.path().display()), Some(TOKEN));
    let script = ann.folder.path().join("connect");
    let heard = ann.folder.path().join("heard");
    let text = format!(
        "#!/bin/sh\n[ \"$1\" = -G ] && exit 1\nenv >> {heard:?}\necho \"$@\" >> {heard:?}\nshift\nexec sh -c \"$1\"\n"
    );
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    ann.site.environment.push(("GIT_SSH_COMMAND", script.into()));
    ann.deliver(&delivery("sales", &files)).await.unwrap();
    let heard = fs::read_to_string(heard).unwrap();
    assert!(heard.contains("git@git.example git-receive-pack '") && !heard.contains("CANARY"), "{heard}");
    assert!(heard.contains("SSH_ASKPASS_REQUIRE=force"), "nobody is asked");
    assert_eq!(bare.commits(), 2);
}
