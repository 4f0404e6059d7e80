/** Samples that an empty page offers. Addresses and names are public services or documentation ranges. */
export const SAMPLES = [
  { label: '1.1.1.1', text: '1.1.1.1' },
  { label: 'A defanged URL', text: 'hxxps://login-update[.]example[.]com/verify?id=42' },
  {
    label: 'A short report',
    text: `Incident note (sample)

The mail came from billing[@]example[.]org and linked to hxxp://files[.]example[.]net/invoice.zip.
The archive holds 44d88612fea8a8f36de82e1278abb02f (EICAR test file). After it ran, the host spoke to
203[.]0[.]113[.]7 and 1[.]1[.]1[.]1 and, again, to 203.0.113.7. Related: CVE-2021-44228, AS13335.
Internal host 10.0.0.12 was not reached. Version 1.2.3.4.5 of the agent is not an address.`,
  },
] as const
