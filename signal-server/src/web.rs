//! What the server shows to a browser: the status page, its numbers, and what the administrator can do there.
//!
//! The HTTP in front of the websocket calls this for everything that is not about a websocket.
mod admin;
mod guard;
mod page;
mod qr;
mod status;
mod token;

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use hyper::{HeaderMap, Method, Request, StatusCode, body::Incoming};
use parlor_protocol::Invite;
use serde::Serialize;

pub use self::token::{AdminToken, ParseTokenError};
use self::{guard::Guard, status::PublicStatus};
use crate::{
    admin::AdminHandle,
    http::{RequestError, Response, must_be, respond},
    metrics::Metrics,
};

/// Says which text format of Prometheus this is.
const METRICS_KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What people are told about the server that does not change.
#[derive(Debug)]
pub(crate) struct About {
    pub(crate) name: Option<String>,
    pub(crate) address: SocketAddr,
    pub(crate) invite: Option<Invite>,
}

/// The pages of one server.
#[derive(Debug)]
pub(crate) struct Web {
    about: About,
    admin: AdminHandle,
    guard: Guard,
    metrics: Arc<Metrics>,
    status: PublicStatus,
}

impl Web {
    pub(crate) fn new(about: About, token: Option<AdminToken>, admin: AdminHandle, metrics: Arc<Metrics>) -> Self {
        Self { about, admin, guard: Guard::new(token), metrics, status: PublicStatus::default() }
    }

    /// Where everybody counts.
    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Answers a request that came from there.
    pub(crate) async fn answer(&self, request: Request<Incoming>, client: IpAddr) -> Result<Response, RequestError> {
        match request.uri().path() {
            "/" => {
                must_be(&Method::GET, &request)?;
                Ok(page::response())
            }
            "/invite.svg" => {
                must_be(&Method::GET, &request)?;
                let svg = self.about.invite.as_ref().and_then(qr::svg).ok_or(RequestError::NoInvite)?;
                Ok(respond(StatusCode::OK, "image/svg+xml", svg))
            }
            "/api/status" => {
                must_be(&Method::GET, &request)?;
                let json = self.status.json(&self.about, &self.admin, &self.metrics).await?;
                Ok(respond(StatusCode::OK, "application/json", json))
            }
            "/metrics" => {
                must_be(&Method::GET, &request)?;
                if !is_local(client, request.headers()) {
                    self.guard.admit(request.headers(), client)?;
                }
                Ok(respond(StatusCode::OK, METRICS_KIND, self.metrics.text(self.admin.waiting())))
            }
            path if path.starts_with("/api/admin") => {
                self.guard.admit(request.headers(), client)?;
                self.answer_admin(request).await
            }
            _ => Err(RequestError::NotFound),
        }
    }
}

/// Whether a request comes from a program on this machine for itself, not from a proxy for somebody else.
fn is_local(client: IpAddr, headers: &HeaderMap) -> bool {
    client.is_loopback() && ["forwarded", "x-forwarded-for"].iter().all(|name| !headers.contains_key(*name))
}

fn json(body: &impl Serialize) -> Result<Vec<u8>, RequestError> {
    // None of what is written here can fail to be JSON.
    serde_json::to_vec(body).map_err(|error| RequestError::BadBody(error.to_string()))
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn a_proxy_on_this_machine_is_not_taken_for_the_machine_itself() {
        let here = IpAddr::from([127, 0, 0, 1]);
        let mut forwarded = HeaderMap::new();
        forwarded.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.7"));

        assert!(is_local(here, &HeaderMap::new()));
        assert!(!is_local(here, &forwarded));
        assert!(!is_local(IpAddr::from([192, 168, 1, 5]), &HeaderMap::new()));
    }
}
