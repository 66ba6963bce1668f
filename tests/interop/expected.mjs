// Faults that are not ours, each with the check it breaks. A fault that is gone
// fails the run too, so that this list stays true.
//
// client, scenario, check   where it shows
// whose                     'client', 'relay' or 'signer'
// why                       one sentence for docs/support.md
// source                    where it is read or reported
// sometimes                 it does not show in every run
export const expected = [
]
