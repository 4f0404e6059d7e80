/** Whether a text can be an e-mail address here. Hosts without a dot are fine: `root@localhost` signs in too. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(text)
}
