//! Owns the giving up of rights that the helper no longer needs (capabilities(7)).

use rustix::io::Errno;
use rustix::thread::{
    CapabilitySet, CapabilitySets, remove_capability_from_bounding_set, set_capabilities,
    set_no_new_privs,
};
use std::io;

/// Keeps what setns(2) (`CAP_SYS_ADMIN`) and sysctls and links (`CAP_NET_ADMIN`) need, for good.
pub(super) fn drop_all_but_needed() -> io::Result<()> {
    let kept = CapabilitySet::SYS_ADMIN | CapabilitySet::NET_ADMIN;
    for capability in CapabilitySet::all().difference(kept).iter() {
        match remove_capability_from_bounding_set(capability) {
            // An older kernel does not know the newest; without CAP_SETPCAP the set stays as it is,
            // and no_new_privs makes sure that nothing is got from it by exec.
            Ok(()) | Err(Errno::INVAL | Errno::PERM) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    set_no_new_privs(true)?;
    let sets =
        CapabilitySets { effective: kept, permitted: kept, inheritable: CapabilitySet::empty() };
    Ok(set_capabilities(None, sets)?)
}
