const browsers: [RegExp, string][] = [
  [/Edg\/(\d+)/, 'Edge'],
  [/Firefox\/(\d+)/, 'Firefox'],
  [/(?:Chrome|Chromium)\/(\d+)/, 'Chrome'],
  [/Version\/(\d+).*Safari/, 'Safari'],
]
const systems: [RegExp, string][] = [
  [/Windows/, 'Windows'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
]

/** "Firefox 144 on Linux" of a User-Agent: what somebody would say of their own. Others are shown as they are. */
export function browserName(userAgent: string): string {
  const [pattern, name] = browsers.find(([each]) => each.test(userAgent)) ?? []
  const system = systems.find(([each]) => each.test(userAgent))?.[1]
  if (!pattern || !name) return userAgent.slice(0, 60) || 'Unknown browser'
  return [name, pattern.exec(userAgent)?.[1], system && `on ${system}`].filter(Boolean).join(' ')
}
