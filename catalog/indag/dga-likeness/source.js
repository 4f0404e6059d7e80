// Pairs of letters that are common in words and names of European languages. Random letters hit them about one time in six.
const commonPairs = new Set(
  (
    'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce li ch ' +
    'll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad ol rt po we ' +
    'na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke fr oo av ag if ap ' +
    'gr od bo sp rd do uc bu ei ov by rm ep tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp ua up lu go ht ru ug ds lt ' +
    'pi rc rr eg au ck ew mu br bi pt ak pu ui rg ib tl ny ki rk ys ob mm fu ph og ms ye ud mb ip ub oi rl gu dr hr cc tw ft wn nu af hu nn ' +
    'eo vo rv nf xp gn sm fl iz ok nl my gl aw ju oa eq sy sl ps jo lf nv je nk kn gs dy hy ze ks xt bs ik dd pt sk xi oe oy ws lv dl rf eu'
  ).split(' '),
)
// Second levels that stand where others have the registered name: "co" in example.co.uk.
const secondLevels = new Set(['co', 'com', 'net', 'org', 'gov', 'edu', 'ac', 'or', 'ne', 'go'])
const shortestLabel = 8

export async function fetchData(indicator) {
  const label = registeredLabel(indicator.value)
  const measures = measure(label)
  const facts = Object.entries(measures).map(([name, value]) => ({ name, value }))
  if (label.length < shortestLabel || label.startsWith('xn--')) {
    return describe(`The label ${label} is too short or not ASCII: no judgement`, facts)
  }
  const signs = signsOf(measures)
  // One sign is chance. Even all of them are a weak hint: content networks and short brands look random too.
  if (signs.length < 3) return describe(`${label} does not look generated`, facts)
  return {
    ...describe(`${label} looks generated: ${signs.join(', ')}`, facts),
    verdict: 'suspicious',
    score: signs.length === 3 ? 35 : 50,
    confidence: 25,
    says: `${signs.length} of 6 signs of a generated name`,
    tags: ['dga-like'],
  }
}

function describe(summary, facts) {
  return { summary, facts, tags: [], links: [] }
}

function registeredLabel(domain) {
  const labels = domain.split('.').slice(0, -1)
  const last = labels.at(-1) ?? domain
  return labels.length > 1 && secondLevels.has(last) ? labels.at(-2) : last
}

function measure(label) {
  const letters = label.replace(/[^a-z]/g, '')
  const pairs = Array.from({ length: Math.max(letters.length - 1, 0) }, (_, at) => letters.slice(at, at + 2))
  const consonantRuns = letters.split(/[aeiouy]/).map((run) => run.length)
  return {
    length: label.length,
    'entropy in bits': round(entropy(label)),
    'share of digits': round(label.replace(/\D/g, '').length / label.length),
    'changes between letters and digits': label.match(/[a-z](?=\d)|\d(?=[a-z])/g)?.length ?? 0,
    'share of vowels': round(letters.replace(/[^aeiouy]/g, '').length / Math.max(letters.length, 1)),
    'longest run of consonants': Math.max(...consonantRuns),
    'share of common letter pairs': round(
      pairs.filter((pair) => commonPairs.has(pair)).length / Math.max(pairs.length, 1),
    ),
  }
}

function signsOf(measures) {
  const signs = []
  if (measures['entropy in bits'] >= 3.3) signs.push('high entropy')
  // A year or a small number at the end is human; a third of digits in a long name is not.
  if (measures['share of digits'] >= 0.3) signs.push('many digits')
  if (measures['changes between letters and digits'] >= 4) signs.push('letters and digits mixed')
  if (measures['share of vowels'] <= 0.22) signs.push('few vowels')
  if (measures['longest run of consonants'] >= 5) signs.push('long run of consonants')
  if (measures['share of common letter pairs'] <= 0.45) signs.push('rare letter pairs')
  return signs
}

// Shannon entropy of one character.
function entropy(text) {
  const counts = new Map()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0)
}

function round(number) {
  return Math.round(number * 100) / 100
}
