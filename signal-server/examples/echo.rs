//! The server as the websocket test-suite sees it: `make autobahn`. Prints its address and echoes until it is killed.
#![expect(clippy::print_stdout, reason = "whoever started it reads the address")]

use std::net::Ipv4Addr;

use parlor_server::{Config, Server};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let server = Server::bind(Config::listening_on((Ipv4Addr::LOCALHOST, 0).into())).await?;
    println!("{}", server.local_addr());
    server.run().await;
    Ok(())
}
