//! A disk that takes no more while a recording is written.

use crate::support::line::DEADLINE;
use crate::support::scratch::Scratch;
use crate::support::viewer::Viewer;
use crate::{ask, faulty, make};
use protocol::command::{Kind, Record};
use protocol::recording::{Ending, open};
use protocol::{Answer, Command, What};
use relay::session::Form;
use std::fs;

fn start() -> Command {
    Command::Record(Record::Start { snaplen: 0 })
}

/// The recording ends and says why, its file opens up to the cut, and the next one is whole.
#[tokio::test]
async fn a_full_disk_ends_the_recording_and_nothing_else() {
    for errno in ["ENOSPC", "EIO", "EDQUOT"] {
        let state = Scratch::new();
        // strace counts by thread: the header and the recorder's first events are written, no more.
        let first = state.path().join("first.patchbay");
        let fault = format!("inject=write:error={errno}:when=2+");
        let path = first.to_str().expect("text").to_owned();
        let options = ["-P", &path, "-e", "trace=write", "-e", &fault];
        let Some(relay) = faulty(&options, state, &["--record", &path]) else { return };
        let (mut viewer, _) = Viewer::of(relay.url(), Form::Json).await;
        let why = ended(&mut viewer).await;
        assert_eq!(why, format!("The file took no more ({errno})."));
        let bytes = fs::read(&first).expect("a file");
        let (header, mut reading) = open(&bytes).expect("it opens");
        assert_eq!(header.after, 0);
        reading.by_ref().for_each(drop);
        assert_eq!(reading.ending(), Ending::Unclosed, "nothing was written behind the cut");

        // The relay goes on, and so does the disk elsewhere.
        assert!(matches!(ask(&mut viewer, make(Kind::Stream)).await.1, Answer::Ok(_)));
        assert!(matches!(ask(&mut viewer, start()).await.1, Answer::Ok(_)), "the next begins");
        let stop = ask(&mut viewer, Command::Record(Record::Stop)).await;
        assert!(matches!(stop.1, Answer::Ok(_)), "{stop:?}");
        let shelf = relay.state().join("recordings");
        let next =
            fs::read_dir(&shelf).expect("a shelf").next().expect("a file").expect("its name");
        let bytes = fs::read(next.path()).expect("a file");
        let (_, mut reading) = open(&bytes).expect("it opens");
        reading.by_ref().for_each(drop);
        assert_eq!(reading.ending(), Ending::Whole);
    }
}

/// Waits until a recording ends by itself; why.
async fn ended(viewer: &mut Viewer) -> String {
    let told = async {
        loop {
            // Each call is something more to write.
            for what in ask(viewer, make(Kind::Datagram)).await.0 {
                if let What::RecordingEnded { why: Some(why), .. } = what {
                    return why;
                }
            }
        }
    };
    tokio::time::timeout(DEADLINE, told).await.expect("it ends")
}
