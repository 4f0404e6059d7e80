import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dumpSchema } from '../../../scripts/generated/dump-schema.ts'
import { testDatabase, type TestDatabase } from '../../support/postgres.ts'

describe('the dump of the schema', () => {
  let database: TestDatabase
  let dump: string
  beforeAll(async () => {
    database = await testDatabase()
    await database.sql.unsafe(`
      create schema pets;
      create type pets.size as enum ('small', 'large');
      create table pets.owner (id uuid primary key, name text not null default 'nobody', constraint named check (name <> ''));
      create table pets.cat (id bigint generated always as identity, owner uuid references pets.owner on delete cascade,
        size pets.size, loud boolean generated always as (size = 'large') stored, unique (owner, size));
      create index cat_size on pets.cat (size) where owner is not null;
      create table pets.visit (at timestamptz not null) partition by range (at);
      create table pets.visit_2020 partition of pets.visit for values from ('2020-01-01') to ('2021-01-01');
      create view pets.large as select id from pets.cat where size = 'large';
      create function pets.one() returns int language sql as 'select 1';
      create function pets.touch() returns trigger language plpgsql as 'begin return new; end';
      create trigger touched before update on pets.owner for each row execute function pets.touch();`)
    dump = await dumpSchema(database.sql)
  })
  afterAll(() => database.drop())

  it.each([
    'create schema pets;',
    "create type pets.size as enum ('small', 'large');",
    "name text not null default 'nobody'::text",
    "constraint named CHECK ((name <> ''::text))",
    'id bigint not null generated always as identity',
    "loud boolean generated always as ((size = 'large'::pets.size)) stored",
    'constraint cat_owner_fkey FOREIGN KEY (owner) REFERENCES pets.owner(id) ON DELETE CASCADE',
    'CREATE INDEX cat_size ON pets.cat USING btree (size) WHERE (owner IS NOT NULL);',
    'partition by RANGE (at);',
    'create view pets.large as',
    'CREATE OR REPLACE FUNCTION pets.one()',
    'CREATE TRIGGER touched BEFORE UPDATE ON pets.owner',
  ])('says %s', (line) => {
    expect(dump).toContain(line)
  })

  it('leaves out partitions, and indexes that a constraint already names', () => {
    expect(dump).not.toContain('visit_2020')
    expect(dump).not.toMatch(/CREATE UNIQUE INDEX cat_owner_size_key/)
  })

  it('is the same each time', async () => {
    expect(await dumpSchema(database.sql)).toBe(dump)
  })
})
