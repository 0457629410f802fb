// Stands in for packages that are named by what we bundle but never run.
export default {};
