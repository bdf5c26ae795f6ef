use jiff::civil::date;
use vestibule_model::SessionLevel;
use vestibule_simulator::Simulator;
use vestibule_simulator::realm::{HostNaming, OrgSpec, SessionKind, UserSpec};

use super::*;

#[tokio::test]
async fn singleaccess_answers_under_either_naming_of_the_hosts() {
    for naming in [HostNaming::Localhost, HostNaming::Real] {
        let org = OrgSpec::production("acme", date(2026, 3, 1));
        let simulator = Simulator::builder().org(org).user("rep", UserSpec::new("Standard User")).naming(naming);
        let simulator = simulator.start().await.unwrap();
        let realm = simulator.realm();
        let token = realm.open_session("rep", SessionLevel::Standard, SessionKind::Api).sid;

        let url = single_access(realm, &token, "/lightning/page/home").await.unwrap();

        let door = simulator.url("/secur/frontdoor.jsp?otp=");
        assert!(url.reveal().starts_with(&door), "{naming:?}");
    }
}
