//! The HTTP in front of a websocket: reads one request of a connection, and either upgrades or answers it.
//!
//! A connection's task calls this first. Every answer ends its connection, so that what a browser leaves open
//! takes nobody's place.
mod error;
mod upgrade;

use std::{convert::Infallible, future::poll_fn, net::IpAddr, sync::OnceLock};

use http_body_util::Full;
use hyper::{
    HeaderMap, Method, Request, StatusCode,
    body::{Bytes, Incoming},
    header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HOST, HeaderValue, UPGRADE, X_CONTENT_TYPE_OPTIONS},
    server::conn::http1::Builder,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::{WebSocketStream, tungstenite::protocol::Role};
use tracing::debug;

pub(crate) use self::error::RequestError;
use crate::{
    config::Config, connection::linger, gate::Refusal, limits::REQUEST_BYTES, metrics::Limit, proxy::client_address,
    web::Web,
};

/// An answer with all of its body.
pub(crate) type Response = hyper::Response<Full<Bytes>>;

/// Who receives a visitor, and what it has to know about them.
#[derive(Debug)]
pub(crate) struct Reception<'a> {
    /// Where the connection comes from, which may be a proxy.
    pub(crate) peer: IpAddr,
    pub(crate) admitted: Result<(), Refusal>,
    pub(crate) config: &'a Config,
    pub(crate) web: &'a Web,
}

/// Reads the request and opens the websocket; says whom it is from. `None` where the request was for something else
/// and has its answer, or where there was none.
pub(crate) async fn receive<S>(stream: S, reception: &Reception<'_>) -> Option<(WebSocketStream<S>, IpAddr)>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let opened = &OnceLock::new();
    let service =
        service_fn(|request| Box::pin(async move { Ok::<_, Infallible>(reception.answer(request, opened).await) }));
    let mut connection = Builder::new()
        .max_buf_size(REQUEST_BYTES)
        // Some programs close their side once they have asked, and wait for the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    // Not the future that ends with the connection: that would close what is still to be used.
    let served = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let parts = connection.into_parts();
    let stream = parts.io.into_inner();
    if let Err(error) = &served {
        debug!(%error, "the request was not served");
        if error.is_parse_too_large() {
            reception.web.metrics().hit(Limit::RequestSize);
        }
    }
    if let (Ok(_), Some(client)) = (&served, opened.get()) {
        let rest = parts.read_buf.to_vec();
        let config = Some(upgrade::websocket_config());
        return Some((WebSocketStream::from_partially_read(stream, rest, Role::Server, config).await, *client));
    }
    linger(stream).await;
    None
}

impl Reception<'_> {
    /// Answers, and notes whom the websocket is for where that is the answer.
    async fn answer(&self, request: Request<Incoming>, opened: &OnceLock<IpAddr>) -> Response {
        let client = self.client(request.headers());
        let answered = match self.route(request, client).await {
            Ok(response) => response,
            Err(error) => {
                debug!(%error, "a request was refused");
                if let Some(limit) = error.limit() {
                    self.web.metrics().hit(limit);
                }
                error.response()
            }
        };
        if answered.status() == StatusCode::SWITCHING_PROTOCOLS {
            opened.get_or_init(|| client);
        }
        answered
    }

    fn client(&self, headers: &HeaderMap) -> IpAddr {
        if self.config.behind_proxy { client_address(self.peer, headers) } else { self.peer }
    }

    async fn route(&self, request: Request<Incoming>, client: IpAddr) -> Result<Response, RequestError> {
        self.admitted.map_err(RequestError::Refused)?;
        if let Some(host) = request.headers().get(HOST)
            && !host.to_str().is_ok_and(|host| self.config.hosts.allows(host))
        {
            return Err(RequestError::ForeignHost);
        }
        let origins = &self.config.origins;
        match request.uri().path() {
            "/ws" => upgrade::upgrade(&request, origins),
            // Where the page is for people, programs that know no better find the websocket.
            "/" if request.headers().contains_key(UPGRADE) => upgrade::upgrade(&request, origins),
            "/healthz" => {
                must_be(&Method::GET, &request)?;
                Ok(text(StatusCode::OK, "ok"))
            }
            _ => self.web.answer(request, client).await,
        }
    }
}

/// Refuses any other method; whoever may get may also ask for the head of what they would get.
pub(crate) fn must_be(method: &Method, request: &Request<Incoming>) -> Result<(), RequestError> {
    let asked = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    if asked == method { Ok(()) } else { Err(RequestError::Method { allowed: method.clone() }) }
}

/// An answer of this kind.
pub(crate) fn respond(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers: &mut HeaderMap = response.headers_mut();
    for (name, value) in [
        (CONNECTION, "close"),
        (CONTENT_TYPE, kind),
        // All of it is about this moment.
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A line of plain text.
pub(crate) fn text(status: StatusCode, line: &str) -> Response {
    respond(status, "text/plain; charset=utf-8", format!("{line}\n"))
}
