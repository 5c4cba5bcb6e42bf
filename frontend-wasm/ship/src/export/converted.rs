//! What the document becomes, asked again with every change.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wire::export::{Conversion, ConversionOptions};
use yew::{hook, use_effect_with, use_state};

use super::document::Document;
use super::requests::convert;
use kit::api::Api;
use kit::problem::Problem;
use kit::question::spawn;
use kit::request::Request;

/// How long choices must rest; the shell waits as long after the last key in the document. Milliseconds.
const REST_MS: u32 = 300;

/// What an answer is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub revision: u32,
    pub options: ConversionOptions,
    /// Another number asks the same once more.
    pub asks: u32,
}

/// The last good answer stays while the next one is awaited, and when it fails.
#[derive(Clone, Debug, Default)]
pub struct Converted {
    pub conversion: Option<Rc<Conversion>>,
    /// Why the newest check brought no answer.
    pub problem: Option<Problem>,
    /// Whether document or choices have changed since.
    pub is_busy: bool,
}

#[derive(Clone, Debug, Default)]
struct Known {
    wish: Option<Wish>,
    conversion: Option<Rc<Conversion>>,
    problem: Option<Problem>,
}

/// Asks whenever the wish changes; a newer wish aborts the request for an older one. None asks for nothing.
#[hook]
pub fn use_converted(api: &Api, document: Option<&Rc<Document>>, wish: Option<Wish>) -> Converted {
    let known = use_state(Known::default);
    let conversion = known.conversion.clone();
    let is_busy = wish.is_some() && wish != known.wish;
    let problem = known.problem.clone();
    let (api, document) = (api.clone(), document.cloned());
    use_effect_with(wish, move |wish| {
        let asked = wish.clone().filter(|wish| known.wish.as_ref() != Some(wish)).zip(document);
        let flight = asked.and_then(|(wish, document)| {
            let request = Request::start()?;
            let signal = request.signal();
            let is_choice = known.wish.as_ref().is_some_and(|before| before.revision == wish.revision);
            let send = move || {
                spawn(async move {
                    let question = convert("export/convert", &document, &wish.options);
                    let answer = question.ask::<Conversion>(&api, &signal).await;
                    if !signal.aborted() {
                        let (conversion, problem) = match answer {
                            Ok(conversion) => (Some(Rc::new(conversion)), None),
                            Err(problem) => (known.conversion.clone(), Some(problem)),
                        };
                        known.set(Known { wish: Some(wish), conversion, problem });
                    }
                });
            };
            Some((Timeout::new(if is_choice { REST_MS } else { 0 }, send), request))
        });
        move || drop(flight)
    });
    Converted { conversion, problem, is_busy }
}
