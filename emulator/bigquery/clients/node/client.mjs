// @google-cloud/bigquery: queries with parameters of every kind, inserted and streamed rows, a copy, an error. An upload of
// a file fails in the client itself, which takes headers for granted that only an authenticated request has.
import assert from 'node:assert/strict';
import {BigQuery} from '@google-cloud/bigquery';

// BIGQUERY_EMULATOR_HOST, which the emulator prints, leads the client to it.
const bigquery = new BigQuery({projectId: 'demo'});

const [dataset] = await bigquery.createDataset('node_client');
await bigquery.query("CREATE TABLE node_client.counts AS SELECT 'Rivera' AS candidate, 3 AS votes, NUMERIC '0.6' AS share UNION ALL SELECT 'Osei', 2, NUMERIC '0.4'");

const [rows] = await bigquery.query({
  query: 'SELECT candidate, votes FROM node_client.counts WHERE votes >= @least AND share > @share AND candidate IN UNNEST(@names) AND @yes',
  params: {least: 2, share: bigquery.int(0), names: ['Rivera', 'Nobody'], yes: true},
});
assert.deepEqual(rows, [{candidate: 'Rivera', votes: 3}]);

await dataset.createTable('rows', {schema: 'id:integer, name:string, tags:string'});
await dataset.table('rows').insert([{id: 1, name: 'Ann', tags: 'a'}, {id: 2, name: 'Bo', tags: 'b'}]);
const [read] = await dataset.table('rows').getRows();
assert.deepEqual(read.map(r => r.id), [1, 2]);

const [job] = await dataset.table('rows').createCopyJob(dataset.table('copied'));
await job.promise();
const [[total]] = await bigquery.query('SELECT SUM(id) AS ids FROM node_client.copied');
assert.deepEqual(total, {ids: 3});

let streamed = 0;
for await (const _ of bigquery.createQueryStream('SELECT n FROM UNNEST(GENERATE_ARRAY(1, 25000)) AS n')) streamed++;
assert.equal(streamed, 25000);

await assert.rejects(bigquery.query('SELECT nope FROM node_client.counts'), /Unrecognized name: nope/);
