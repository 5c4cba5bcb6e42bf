//! `export/files`: the job's files as one archive.

use std::{io::Write as _, sync::Arc};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use notebook_job::File;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use wire::{ErrorBody, export::ConvertNotebook};

use super::{Exports, errors, turn::Turn};
use crate::http::{ApiError, Caller, JsonBody};

/// The files of a job in a folder of their own, as a zip archive. Nothing is written here.
#[utoipa::path(post, path = "/export/files", tag = "export", request_body = ConvertNotebook, responses(
    (status = 200, description = "The archive", content_type = "application/zip"),
    (status = "default", description = "What went wrong; `blocked` while a finding keeps the job from being made", body = ErrorBody),
))]
pub(crate) async fn download(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    turn: Turn,
    JsonBody(asked): JsonBody<ConvertNotebook>,
) -> Result<Response, ApiError> {
    let converted = exports.job_of(asked, turn).await?;
    exports.audit_secrets(&whose, &converted, "downloads")?;
    let name = format!("attachment; filename=\"{}.zip\"", converted.dag_id);
    let archive = archive(&converted.dag_id, &converted.files).map_err(|error| errors::no_archive(&error))?;
    let headers = [(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, archive).into_response())
}

fn archive(folder: &str, files: &[File]) -> Result<Vec<u8>, rawzip::Error> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for File { name, content } in files {
        let path = format!("{folder}/{name}");
        let file = archive.new_file(path.as_str()).compression_method(CompressionMethod::STORE);
        let (mut entry, config) = file.unix_permissions(0o644).start()?;
        let mut writer = config.wrap(&mut entry);
        writer.write_all(content)?;
        let (_, descriptor) = writer.finish()?;
        entry.finish(descriptor)?;
    }
    archive.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_has_each_file_in_the_jobs_folder() {
        let file = |name: &str, content: &str| File { name: name.to_owned(), content: content.into() };
        let bytes = archive("etl", &[file("job.py", "x = 1\n"), file("łódź.txt", "")]).unwrap();
        let archive = rawzip::ZipArchive::from_slice(&bytes).unwrap();
        let mut names = Vec::new();
        for entry in archive.entries() {
            let entry = entry.unwrap();
            names.push(entry.file_path().try_normalize().unwrap().as_ref().to_owned());
            let data = archive.get_entry(entry.wayfinder()).unwrap();
            let mut content = Vec::new();
            std::io::copy(&mut data.verifying_reader(data.data()), &mut content).unwrap();
            assert_eq!(content.is_empty(), names.len() == 2);
        }
        assert_eq!(names, ["etl/job.py", "etl/łódź.txt"]);
    }
}
