// Package sqltest holds the tests that run SQL on the whole engine with Google's
// analyzer, which takes minutes to compile: the packages that they test stay light.
//
// TestFunctions runs the cases that lie beside each file of functions, TestAnswers
// the statements in testdata, TestConformance those that BigQuery itself has answered.
package sqltest
