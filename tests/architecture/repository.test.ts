import { describe, expect, it } from 'vitest'
import { checkCycles } from './rules/cycles.ts'
import { checkDirection } from './rules/direction.ts'
import { checkEnvironment, checkSql } from './rules/places.ts'
import { checkFolders, checkModules, checkNames } from './rules/shape.ts'
import { readSourceFiles } from './source-files.ts'

describe('in the repository', () => {
  const files = readSourceFiles()

  it('there is something to check', () => {
    expect(files.filter((file) => file.path.startsWith('backend/')).length).toBeGreaterThan(20)
  })

  it('imports run downhill, and modules are entered by their doors', () => {
    expect(checkDirection(files)).toEqual([])
  })

  it('no imports run in a circle', () => {
    expect(checkCycles(files)).toEqual([])
  })

  it('SQL is written in stores only', () => {
    expect(checkSql(files)).toEqual([])
  })

  it('the environment is read in one file per program', () => {
    expect(checkEnvironment(files)).toEqual([])
  })

  it('every module has one door and one short page', () => {
    expect(checkModules(files)).toEqual([])
  })

  it('every file has a name that says what it is', () => {
    expect(checkNames(files)).toEqual([])
  })

  it('no folder holds more than can be read at a glance', () => {
    expect(checkFolders(files)).toEqual([])
  })
})
